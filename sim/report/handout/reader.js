export function read() { throw new Error("not yet"); }
