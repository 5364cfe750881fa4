//! A matrix operand as the caller describes it: a pointer and two strides. Nothing is owned, nothing is copied.

/// Element [i, j] is at `start + i·row + j·col`, strides in elements.
#[derive(Clone, Copy)]
pub struct Matrix {
    pub start: *const f32,
    pub row: isize,
    pub col: isize,
}

impl Matrix {
    /// The same matrix seen from element [i, j] on.
    #[inline(always)]
    pub fn from(self, i: usize, j: usize) -> Matrix {
        let offset = i as isize * self.row + j as isize * self.col;
        Matrix { start: self.start.wrapping_offset(offset), ..self }
    }

    /// Rows and columns exchanged.
    #[inline(always)]
    pub fn transposed(self) -> Matrix {
        Matrix { start: self.start, row: self.col, col: self.row }
    }
}

/// The result C: element [i, j] is at `start + i·row + j`.
#[derive(Clone, Copy)]
pub struct Output {
    pub start: *mut f32,
    pub row: isize,
}

impl Output {
    /// The same matrix seen from element [i, j] on.
    #[inline(always)]
    pub fn from(self, i: usize, j: usize) -> Output {
        let offset = i as isize * self.row + j as isize;
        Output { start: self.start.wrapping_offset(offset), ..self }
    }

    /// The same matrix as an operand.
    #[inline(always)]
    pub fn read(self) -> Matrix {
        Matrix { start: self.start, row: self.row, col: 1 }
    }

    /// to ← self, or to ← to + self with `add`: for a tile that reaches over C's right edge.
    ///
    /// # Safety
    /// Both readable and writable for `rows` rows of `cols`.
    #[inline(never)]
    pub unsafe fn copy_to(self, to: Output, rows: usize, cols: usize, add: bool) {
        for i in 0..rows {
            for j in 0..cols {
                let (from, to) = (self.from(i, j).start, to.from(i, j).start);
                // SAFETY: the caller's promise.
                unsafe { *to = if add { *to + *from } else { *from } }
            }
        }
    }
}
