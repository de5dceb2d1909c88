export const factory = () => {};
