//! Changes to inputs, all of them following from one seed.

use seeded::SplitMix64;

use crate::corpus::Item;

/// Longest input that is made, in bytes.
const LONGEST: usize = 4096;

/// Pieces of text that the parsers care about.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"null",
    b"true",
    b"false",
    b"-",
    b"0",
    b"1e9",
    b".5",
    b"\\u0000",
    b"\\ud83d",
    b"\\ude00",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"\n---\n",
    b"\0",
    b"\x01",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"/",
    b"..",
    b"%2e",
    b"%2F",
    b"@",
    b"?",
    b"#",
    b"&",
    b"=",
    b"+",
    b"9007199254740993",
    b"18446744073709551615",
    b"\"id\":42",
    b"\"data\":{",
    b"\"errors\":{}",
    b"\"email\":null",
    b"\"user\":{",
    b"\"IsError\":false",
    b"\"ResponseData\":\"42\"",
    b"\"custom_id\":\"crm-42\"",
    b"\"custom\":{",
    b"\"address\":null",
    b"\"tags\":[",
    b"Retry-After: 7\n",
    b"Date: Sun, 06 Nov 1994 08:49:37 GMT\n",
    b"Content-Type: text/html\n",
    b"<html>",
    b"404",
    b"[routes.x]\n",
    b"[[keys]]\n",
    b"vendor = ",
    b"credential = { env = \"TOKEN\" }\n",
    b"https://",
    b"127.0.0.1",
];

/// Makes inputs from a corpus. Equal seeds make equal inputs.
#[derive(Debug)]
pub struct Mutator<'a> {
    corpus: &'a [Item],
    state: SplitMix64,
}

impl<'a> Mutator<'a> {
    /// A mutator over `corpus`, which may be empty.
    pub fn new(corpus: &'a [Item], seed: u64) -> Self {
        Self { corpus, state: SplitMix64::new(seed) }
    }

    /// Makes the next input: a piece of the corpus with one to eight changes.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut bytes = self.pick();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn pick(&mut self) -> Vec<u8> {
        let at = self.below(self.corpus.len());
        self.corpus.get(at).map(|item| item.bytes.clone()).unwrap_or_default()
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let length = 1 + self.below(16);
        let end = (at + length).min(bytes.len());
        match self.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = self.byte(),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            4 => {
                let copied = bytes[at..end].to_vec();
                let to = self.below(bytes.len() + 1);
                bytes.splice(to..to, copied);
            }
            5 => {
                let other = self.pick();
                let from = self.below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            6 => {
                let other = self.pick();
                let from = self.below(other.len() + 1);
                let to = (from + length).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            7 => {
                let digits = self.random().to_string();
                let kept = 1 + self.below(digits.len());
                bytes.splice(at..end, digits.bytes().take(kept));
            }
            _ => bytes.splice(at..at, WORDS[self.below(WORDS.len())].iter().copied()).for_each(drop),
        }
    }

    fn byte(&mut self) -> u8 {
        self.random().to_le_bytes()[0]
    }

    /// A number below `bound`; 0 when there is none.
    fn below(&mut self, bound: usize) -> usize {
        self.state.index(bound)
    }

    fn random(&mut self) -> u64 {
        self.state.number()
    }
}
