/** Lets one waiter wait until a condition holds; whoever may have made it hold calls `look`. */
export class IdleLatch {
  #waiter: { readonly condition: () => boolean; readonly resolve: () => void } | null = null;

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiter = { condition, resolve };
      this.look();
    });
  }

  look(): void {
    const waiter = this.#waiter;
    if (waiter === null || !waiter.condition()) return;
    this.#waiter = null;
    waiter.resolve();
  }
}
