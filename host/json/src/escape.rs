//! Which bytes a JSON string escapes.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The index of the first byte that cannot stand for itself in a JSON string:
/// a quotation mark, a backslash or a control character.
pub(crate) fn first_special(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        if let Some(place) = special_of(*word) {
            return Some(index * 8 + place);
        }
    }
    let position = special_of_few(rest)?;
    Some(words.len() * 8 + position)
}

/// The same for fewer than eight bytes, which is what most keys have: four of them at a
/// time, some of which may be looked at twice.
fn special_of_few(bytes: &[u8]) -> Option<usize> {
    let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) else {
        return bytes.iter().position(|byte| is_special(*byte));
    };
    let [a, b, c, d] = *first;
    let [e, f, g, h] = *last;
    let place = special_of([a, b, c, d, e, f, g, h])?;
    Some(if place < 4 {
        place
    } else {
        bytes.len() + place - 8
    })
}

fn special_of(word: [u8; 8]) -> Option<usize> {
    let found = specials(u64::from_le_bytes(word));
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
}

/// Sets the high bit of each special byte of a little-endian word.
///
/// The subtractions may borrow from the byte above a special one, so only
/// the lowest set bit is to be trusted.
fn specials(word: u64) -> u64 {
    let quotes = word ^ (LOW * u64::from(b'"'));
    let backslashes = word ^ (LOW * u64::from(b'\\'));
    let controls = word.wrapping_sub(LOW * 0x20) & !word;
    let equals = |difference: u64| difference.wrapping_sub(LOW) & !difference;
    (equals(quotes) | equals(backslashes) | controls) & HIGH
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The two-character escape of a special byte, or `None` where only `\u00xx` will do.
pub(crate) fn short_escape(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'"' => "\\\"",
        b'\\' => "\\\\",
        b'\n' => "\\n",
        b'\r' => "\\r",
        b'\t' => "\\t",
        0x08 => "\\b",
        0x0c => "\\f",
        _ => return None,
    })
}

/// The length in bytes of the text as a JSON string, quotation marks included.
pub(crate) fn escaped_len(text: &str) -> usize {
    let mut len = text.len() + 2;
    let mut rest = text.as_bytes();
    while let Some(index) = first_special(rest) {
        len += if short_escape(rest[index]).is_some() {
            1
        } else {
            5
        };
        rest = &rest[index + 1..];
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_byte_is_found_at_every_place() {
        for special in (0u8..0x20).chain([b'"', b'\\']) {
            for place in 0..20 {
                let mut bytes = [b'~'; 21];
                bytes[20] = special;
                bytes[place] = special;
                for len in place + 1..=bytes.len() {
                    let found = first_special(&bytes[..len]);
                    assert_eq!(found, Some(place), "{special:#x} of {len}");
                }
            }
        }
    }

    #[test]
    fn no_other_byte_is_special() {
        for byte in (0x20..=0xff).filter(|byte| ![b'"', b'\\'].contains(byte)) {
            for len in 0..=19 {
                assert_eq!(first_special(&[byte; 19][..len]), None, "{byte:#x}");
            }
        }
    }
}
