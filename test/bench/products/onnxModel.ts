/**
 * An ONNX model that does nothing but matrix products, as the bytes of its protocol buffer.
 * A message is a row of fields, each a key (8 · field number + kind) and a value: kind 0 an integer, seven bits to a byte, lowest
 * first; kind 2 a length and that number of bytes, which are a text or another message. Field numbers are those of onnx.proto.
 * Sources: https://protobuf.dev/programming-guides/encoding, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { storedShapes, type Product } from "./product.js";

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const whole = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, content: Iterable<number>): number[] => {
  const list = [...content];
  return [...varint((field << 3) | 2), ...varint(list.length), ...list];
};
const text = (field: number, content: string): number[] => bytes(field, new TextEncoder().encode(content));
const message = (field: number, ...fields: number[][]): number[] => bytes(field, fields.flat());

const [FLOAT, INT] = [1, 2]; // of TensorProto.DataType and AttributeProto.AttributeType
const FUSED = "com.microsoft"; // where onnxruntime has a product that takes transposed operands, of any rank

/** ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor: elem_type = 1, shape = 2; dim = 1; dim_value = 1. */
const tensor = (field: number, name: string, shape: number[]): number[] => {
  const dims = shape.map((size) => message(1, whole(1, size)));
  return message(field, text(1, name), message(2, message(1, whole(1, FLOAT), message(2, ...dims))));
};

/** NodeProto: input = 1, output = 2, op_type = 4, attribute = 5, domain = 7; AttributeProto: name = 1, i = 3, type = 20. */
const node = (output: string, layout: Product["layout"]): number[] => {
  const operands = [text(1, "A"), text(1, "B"), text(2, output)];
  if (layout === "NN") return message(1, ...operands, text(4, "MatMul"));
  const transposed = message(5, text(1, layout === "TN" ? "transA" : "transB"), whole(3, 1), whole(20, INT));
  return message(1, ...operands, text(4, "FusedMatMul"), transposed, text(7, FUSED));
};

/** Inputs A and B, output C; the same product `copies` times, of which C is the last.
 *  ModelProto: ir_version = 1, graph = 7, opset_import = 8 (domain = 1, version = 2); GraphProto: node = 1, name = 2, input = 11, output = 12. */
export function productModel(product: Product, copies: number): Uint8Array {
  const { a, b, c } = storedShapes(product);
  const nodes = Array.from({ length: copies }, (_, i) => node(i === copies - 1 ? "C" : `C${i}`, product.layout));
  return Uint8Array.from([
    ...whole(1, 8),
    ...message(7, ...nodes, text(2, "product"), tensor(11, "A", a), tensor(11, "B", b), tensor(12, "C", c)),
    ...message(8, whole(2, 13)),
    ...message(8, text(1, FUSED), whole(2, 1)),
  ]);
}
