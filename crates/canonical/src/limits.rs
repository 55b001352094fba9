/// Largest request body, in bytes.
pub const MAX_BODY: usize = 256 * 1024;
/// Largest stored profile document, in bytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;
/// Longest string value, in bytes of UTF-8.
pub const MAX_STRING: usize = 8 * 1024;
/// Deepest nesting of a JSON body; the body itself is depth 1.
pub const MAX_DEPTH: usize = 16;
/// Most members of `tags`.
pub const MAX_TAGS: usize = 256;
/// Most custom keys that hold a value.
pub const MAX_CUSTOM_KEYS: usize = 256;
/// Most members of a custom list.
pub const MAX_LIST: usize = 64;
