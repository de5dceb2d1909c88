// An isolated test file without Carpool.
export {};
