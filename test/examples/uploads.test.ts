import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sampleTime, useSampleServices } from "../support/use-sample-services.js";

const services = useSampleServices();
const call = (method: string, ...requests: unknown[]) =>
  services.client.call(`portico.examples.v1.UploadService/${method}`, requests);

const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString("base64");
const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("base64");
const readme = "# Files\n\nBytes in, bytes out.\n";
const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

describe("whole files", () => {
  it("reads a file, alone and with what is known of it", async () => {
    const content = { contentType: "text/markdown", data: base64(readme) };
    expect((await call("GetFile", { name: "files/docs/readme.md" })).messages).toEqual([content]);
    const info = {
      name: "files/docs/readme.md",
      contentType: "text/markdown",
      size: String(readme.length),
      sha256: sha256(readme),
      updateTime: sampleTime,
    };
    expect((await call("GetFileContent", { name: info.name })).messages).toEqual([{ info, content }]);
    expect((await call("ListFiles", { prefix: "files/docs/r" })).messages).toEqual([{ files: [info] }]);
    expect(await call("StatFile", { name: info.name })).toMatchObject({
      messages: [info],
      header: { "x-file-size": info.size, "x-file-sha256": Buffer.from(info.sha256, "base64").toString("hex") },
    });
  });

  it("stores, replaces and deletes a file", async () => {
    const file = { contentType: "image/png", data: base64(everyByte) };
    const name = "files/a b/c%2Fd/é.png";
    expect(await call("PutFile", { name, file, createOnly: true })).toMatchObject({
      messages: [{ name, contentType: "image/png", size: "256", sha256: sha256(everyByte) }],
    });
    expect((await call("PutFile", { name, file, createOnly: true })).code).toBe("ALREADY_EXISTS");
    expect(await call("PutFile", { name })).toMatchObject({ messages: [{ contentType: "application/octet-stream" }] });
    expect((await call("DeleteFile", { name })).code).toBe("OK");
    expect((await call("GetFile", { name })).code).toBe("NOT_FOUND");
    expect((await call("DeleteFile", { name })).code).toBe("NOT_FOUND");
  });

  it.each(["files/", "files//a", "files/a/", "other/a", ""])("refuses the name %j", async (name) => {
    expect((await call("PutFile", { name })).code).toBe("INVALID_ARGUMENT");
  });

  it("computes the digest of what it is sent", async () => {
    expect((await call("DigestFile", { contentType: "x/y", data: base64("abc") })).messages).toEqual([
      { sha256: "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", size: "3", contentType: "x/y" },
    ]);
  });
});

describe("files in pieces", () => {
  it("stores chunks", async () => {
    const header = { name: "files/big.bin", contentType: "x/y" };
    expect(await call("UploadChunks", { header }, { data: base64("ab") }, { data: base64("c") })).toMatchObject({
      messages: [{ ...header, size: "3", sha256: sha256("abc") }],
    });
  });

  it.each([
    ["no chunk", []],
    ["data before the header", [{ data: base64("a") }]],
    ["a second header", [{ header: { name: "files/a" } }, { header: { name: "files/b" } }]],
  ])("refuses %s", async (_what, chunks) => {
    expect((await call("UploadChunks", ...chunks)).code).toBe("INVALID_ARGUMENT");
  });

  it("stores pieces of a body", async () => {
    const pieces = [
      { name: "files/body.txt", content: { contentType: "text/plain", data: base64("ab") } },
      { content: { data: base64("c") } },
    ];
    expect(await call("UploadFile", ...pieces)).toMatchObject({
      messages: [{ name: "files/body.txt", contentType: "text/plain", size: "3" }],
    });
  });

  it("refuses more than four megabytes and keeps nothing", async () => {
    const piece = { content: { data: base64(Buffer.alloc(1_000_000)) } };
    const pieces = [{ name: "files/huge" }, piece, piece, piece, piece, piece];
    expect((await call("UploadFile", ...pieces)).code).toBe("RESOURCE_EXHAUSTED");
    expect((await call("GetFile", { name: "files/huge" })).code).toBe("NOT_FOUND");
  });

  it.each([
    [100, 3],
    [255, 2],
    [256, 1],
    [0, 1],
  ])("reads a file of 256 bytes in chunks of %i", async (chunkSize, count) => {
    const { messages } = await call("DownloadFile", { name: "files/data/bytes.bin", chunkSize });
    const chunks = messages as { contentType: string; data: string }[];
    expect(chunks).toHaveLength(count);
    expect(new Set(chunks.map((chunk) => chunk.contentType))).toEqual(new Set(["application/octet-stream"]));
    expect(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk.data, "base64")))).toEqual(Buffer.from(everyByte));
  });

  it("reads an empty file as one message that has its type", async () => {
    expect((await call("DownloadFile", { name: "files/docs/empty.txt" })).messages).toEqual([
      { contentType: "text/plain" },
    ]);
  });

  it.each([
    ["a chunk above a megabyte", { name: "files/docs/empty.txt", chunkSize: 1_048_577 }, "INVALID_ARGUMENT"],
    ["a file that is not there", { name: "files/x" }, "NOT_FOUND"],
  ])("refuses to read %s", async (_what, request, code) => {
    expect((await call("DownloadFile", request)).code).toBe(code);
  });
});
