/** Exit codes (contract). An interrupted apply counts as `incomplete`. */
export const EXIT = { done: 0, error: 1, pending: 2, incomplete: 3, refused: 4 } as const;
