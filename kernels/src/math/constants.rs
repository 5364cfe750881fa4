//! The numbers that loops need in each turn lie in memory: V8 makes three instructions of a vector that is written into the code, each time
//! that it is used, and one of a load.

use super::{bell, exp, tanh};
use crate::lanes::Lanes;
use crate::rows::unary;

/// One of each file that has some; a file says what they are.
#[repr(C)]
pub struct Constants {
    pub exp: exp::Constants,
    pub bell: bell::Constants,
    pub tanh: tanh::Constants,
    pub unary: unary::Constants,
}

/// Where they lie. It must be known here; lib/kernels/layout.ts keeps the place free.
#[cfg(target_arch = "wasm32")]
const ADDRESS: usize = 184 * 1024;

/// Writes them: whoever has loaded a module calls it once, before all else. Returns the address behind them.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
pub extern "C" fn write_constants() -> usize {
    let to = ADDRESS as *mut Constants;
    // SAFETY: nothing else uses this place.
    unsafe {
        exp::Constants::write(&raw mut (*to).exp);
        bell::Constants::write(&raw mut (*to).bell);
        tanh::Constants::write(&raw mut (*to).tanh);
        unary::Constants::write(&raw mut (*to).unary);
    }
    ADDRESS + size_of::<Constants>()
}

#[cfg(not(target_arch = "wasm32"))]
static CONSTANTS: Constants =
    Constants { exp: exp::CONSTANTS, bell: bell::CONSTANTS, tanh: tanh::CONSTANTS, unary: unary::CONSTANTS };

/// All constants.
#[inline(always)]
pub fn all() -> *const Constants {
    #[cfg(target_arch = "wasm32")]
    return ADDRESS as *const Constants;
    #[cfg(not(target_arch = "wasm32"))]
    return &raw const CONSTANTS;
}

/// The constants of a file, each a list of one or more: where they lie, and what is written there.
macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident: $($value:expr),+;)+) => {
        #[repr(C)]
        pub struct Constants {
            $($(#[$doc])* pub $name: [f32; [$($value),+].len()],)+
        }

        #[cfg(not(target_arch = "wasm32"))]
        pub const CONSTANTS: Constants = Constants { $($name: [$($value),+],)+ };

        #[cfg(target_arch = "wasm32")]
        impl Constants {
            /// # Safety
            /// `to` writable.
            #[inline(always)]
            pub unsafe fn write(to: *mut Constants) {
                let mut at = to.cast::<f32>();
                // SAFETY: one place for each. Volatile: else the compiler copies them from a data section, and no module has one.
                $($(unsafe {
                    at.write_volatile($value);
                    at = at.add(1);
                })+)+
                let _ = at;
            }
        }
    };
}
pub(crate) use constants;

/// A constant in all four lanes: `constant!(exp.one)`.
macro_rules! constant {
    ($file:ident.$name:ident) => {
        // SAFETY: it was written when the module was loaded.
        unsafe { $crate::lanes::Lanes::broadcast((&raw const (*$crate::math::all()).$file.$name).cast()) }
    };
}
pub(crate) use constant;

/// c₀ xⁿ + … + cₙ, of a file's list c: `polynomial!(exp.coefficients, x)`.
macro_rules! polynomial {
    ($file:ident.$name:ident, $x:expr) => {
        // SAFETY: as above.
        unsafe { $crate::math::horner(&raw const (*$crate::math::all()).$file.$name, $x) }
    };
}
pub(crate) use polynomial;

/// # Safety
/// `coefficients` readable.
#[inline(always)]
pub unsafe fn horner<const N: usize>(coefficients: *const [f32; N], x: Lanes) -> Lanes {
    // SAFETY: the caller's promise.
    let c = |i: usize| unsafe { Lanes::broadcast(coefficients.cast::<f32>().add(i)) };
    (1..N).fold(c(0), |p, i| c(i).mul_add(p, x))
}
