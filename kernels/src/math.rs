//! Functions that the machine has no instruction for, four at a time.

mod bell;
mod constants;
mod exp;
mod tanh;

pub use bell::below;
pub use constants::{all, horner};
pub(crate) use constants::{constant, constants};
pub use exp::{exp_low, logistic_of_minus};
pub use tanh::tanh;
