// An isolated test file that knows nothing of Carpool.
export {};
