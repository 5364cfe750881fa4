//! Functions of rows of numbers: what a transformer computes between its matrix products. One idea a file.

mod adam;
mod columns;
mod combine;
mod cross_entropy;
mod each;
mod elementwise;
mod lookup;
mod norm;
mod softmax;
mod sums;
mod topk;
pub mod unary;

pub use each::fold;
pub use softmax::{softmax_again, softmax_backward_row, softmax_row};
