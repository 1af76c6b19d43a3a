//! The file that messages stand in: LevelDB's log, with a header of Weights & Biases' own and zlib's CRC-32 in place of CRC-32C.
//!
//! ```text
//!  ":W&B" 0xBEE1 version │ block of 32 KiB: checksum(4) length(2) kind(1) bytes.. │ block ..
//! ```

/// Bytes of a block, and of what stands before a piece (and at the start of the file).
const BLOCK: usize = 32 * 1024;
const HEADER: usize = 7;

/// What a piece is of its record.
#[derive(Clone, Copy)]
enum Piece {
    Full = 1,
    First = 2,
    Middle = 3,
    Last = 4,
}

/// Records, one behind the other.
pub(super) struct Log(Vec<u8>);

impl Log {
    pub fn new() -> Self {
        let mut bytes = b":W&B".to_vec();
        bytes.extend(0xBEE1_u16.to_le_bytes());
        bytes.push(0);
        Self(bytes)
    }

    /// Adds a record; what does not fit into the block goes on in the next.
    pub fn push(&mut self, mut record: &[u8]) {
        let mut is_first = true;
        loop {
            let mut room = BLOCK - self.0.len() % BLOCK;
            if room < HEADER {
                self.0.resize(self.0.len() + room, 0);
                room = BLOCK;
            }
            let (piece, rest) = record.split_at(record.len().min(room - HEADER));
            let kind = match (is_first, rest.is_empty()) {
                (true, true) => Piece::Full,
                (true, false) => Piece::First,
                (false, false) => Piece::Middle,
                (false, true) => Piece::Last,
            };
            let mut checksum = crc32fast::Hasher::new();
            checksum.update(&[kind as u8]);
            checksum.update(piece);
            self.0.extend(checksum.finalize().to_le_bytes());
            self.0.extend((piece.len() as u16).to_le_bytes());
            self.0.push(kind as u8);
            self.0.extend(piece);
            if rest.is_empty() {
                return;
            }
            (record, is_first) = (rest, false);
        }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_does_not_fit_into_a_block_goes_on_in_the_next() {
        let mut log = Log::new();
        log.push(&vec![7; BLOCK - 2 * HEADER - 3]);
        // Three bytes are left, too few for a piece: they are zero.
        log.push(&vec![9; 2 * BLOCK]);
        let bytes = log.into_bytes();
        assert_eq!(&bytes[BLOCK - 3..BLOCK], [0, 0, 0]);
        let kind_at = |at: usize| (bytes[at + 6], u16::from_le_bytes([bytes[at + 4], bytes[at + 5]]) as usize);
        assert_eq!(kind_at(HEADER), (Piece::Full as u8, BLOCK - 2 * HEADER - 3));
        assert_eq!(kind_at(BLOCK), (Piece::First as u8, BLOCK - HEADER));
        assert_eq!(kind_at(2 * BLOCK), (Piece::Middle as u8, BLOCK - HEADER));
        assert_eq!(kind_at(3 * BLOCK), (Piece::Last as u8, 2 * HEADER));
        assert_eq!(bytes.len(), 3 * BLOCK + 3 * HEADER);
    }
}
