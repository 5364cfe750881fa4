# Source this to get a Rust toolchain that compiles to wasm32-unknown-unknown on a Debian machine where
# `rustup target add wasm32-unknown-unknown` is not possible:   . scripts/setup/rust-wasm.sh
# It installs Debian's rustc-web and cargo-web, the sources of their library, and lld; `core` is then built from those
# sources, offline, by scripts/build-kernels.mjs. Where rustup has the target, none of this is needed.
if ! dpkg -s rustc-web cargo-web rust-web-src lld >/dev/null 2>&1; then
  apt-get update -qq >/dev/null && apt-get install -y -qq rustc-web cargo-web rust-web-src lld >/dev/null || return 1
fi
export RUSTC=/usr/bin/rustc CARGO=/usr/bin/cargo RUSTC_BOOTSTRAP=1
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=/usr/bin/wasm-ld
export RUST_WASM_CARGO_FLAGS="-Zbuild-std=core,panic_abort --config source.crates-io.replace-with='debian-std-vendor' --config source.debian-std-vendor.directory='/usr/lib/rustlib/src/rust/library/vendor'"
