use std::fmt;

use crate::Subject;

/// What is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadQuery<'a> {
    /// The record of one person.
    Person(Whom<'a>),
    /// What the vendor keeps of one person in fields that its customer has defined, where these are no part of the record.
    Stored(Whom<'a>),
    /// The fields that the vendor's customer has defined.
    Definitions {
        /// Whether to have the values of all people embedded, to be counted.
        with_values: bool,
    },
}

/// The person that is asked for. Its `Debug` shows neither name of the person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Whom<'a> {
    /// How the vendor knows the person.
    pub subject: &'a Subject,
    /// The id that the vendor's answers name beside the subject, where one is known.
    pub witness: Option<&'a str>,
}

impl fmt::Debug for Whom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.subject)
    }
}
