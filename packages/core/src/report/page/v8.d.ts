// What the types that are shared with Node name, and the page never calls.
interface ErrorConstructor {
  captureStackTrace(error: object, above?: Function): void;
}
