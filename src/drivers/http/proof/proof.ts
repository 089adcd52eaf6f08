/** `unavailable`: it cannot be said now, because the issuer's keys cannot be read. */
export type Proof = "proved" | "refused" | "unavailable";
