use std::{collections::HashSet, ops::Range};

use canonical::{Json, Profile, Unseen};
use serde_json::Value as JsonValue;

use crate::VendorRequest;

const LONGEST: usize = 200;
/// A number of so many digits may be a telephone number, a date or an id.
const DIGITS: usize = 4;
/// What stands between the groups of one number, at most three characters in a row: `+1 (416) 555 - 0177`.
const BETWEEN_GROUPS: &str = " -./()";

/// A vendor's message with everything taken out that could be personal: words that contain `@`, numbers of four and more
/// digits, and words that occur in the request. Control characters become spaces; at most 200 characters remain.
pub fn redact(message: &str, sent: &VendorRequest) -> String {
    PrivateWords::of_request(sent).taken_out_of(message)
}

/// A stranger's words on one line: what is not seen becomes a space; at most 200 characters remain.
pub(crate) fn cleaned(message: &str) -> String {
    let message =
        message.replace(|character: char| character.is_control() || Unseen::is_blank(character), " ");
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(LONGEST).collect()
}

/// The words of a person's values, which no message may repeat.
#[derive(Default)]
pub struct PrivateWords(HashSet<String>);

impl PrivateWords {
    /// Those of a request's subject and body; the names of a body's members are none.
    fn of_request(sent: &VendorRequest) -> Self {
        let mut private = Self::default();
        private.add(sent.subject.as_str());
        match &sent.body {
            // A body that is itself JSON in a string is opened.
            Some(JsonValue::String(text)) => match Json::parse(text.as_bytes()) {
                Ok(Json::Object(members)) => {
                    members.iter().filter_map(|(_, value)| value.as_str()).for_each(|text| private.add(text));
                }
                _ => private.add(text),
            },
            Some(body) => private.add_values(body),
            None => {}
        }
        private
    }

    /// Those of all that is known of a person; booleans are none.
    pub fn of_profile(profile: &Profile) -> Self {
        let mut private = Self::default();
        let values = profile.iter().filter_map(|(_, entry)| entry.value.as_ref());
        values.for_each(|value| private.add_values(&value.to_json()));
        private
    }

    /// Adds the words of a text.
    pub fn add(&mut self, text: &str) {
        self.0.extend(words(&text.to_lowercase()).map(str::to_owned));
    }

    fn add_values(&mut self, json: &JsonValue) {
        match json {
            JsonValue::String(text) => self.add(text),
            JsonValue::Number(number) => self.add(&number.to_string()),
            JsonValue::Array(items) => items.iter().for_each(|item| self.add_values(item)),
            JsonValue::Object(members) => members.values().for_each(|value| self.add_values(value)),
            JsonValue::Null | JsonValue::Bool(_) => {}
        }
    }

    /// A message with `…` for each word that has one of these, an `@` or a part of a number of four and more digits. Control
    /// characters become spaces; at most 200 characters remain, and no word that was cut.
    pub fn taken_out_of(&self, message: &str) -> String {
        let message = message.replace(char::is_control, " ");
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let numbers = numbers(&message);
        let mut kept = Vec::new();
        let mut at = 0;
        for word in message.split(' ') {
            let end = at + word.len();
            let number = numbers.get(numbers.partition_point(|number| number.end <= at));
            let in_number = number.is_some_and(|number| number.start < end);
            kept.push(if in_number || self.is_in(word) { "…" } else { word });
            at = end + 1;
        }
        cut(&kept.join(" ")).to_owned()
    }

    fn is_in(&self, word: &str) -> bool {
        let digits = word.chars().filter(|c| c.is_numeric()).count();
        word.contains('@') || digits >= DIGITS || words(&word.to_lowercase()).any(|part| self.has(part))
    }

    /// Whether a word is one of these. Scripts that put no spaces between words have names within longer ones.
    fn has(&self, word: &str) -> bool {
        let is_within =
            |own: &String| !own.is_ascii() && own.chars().nth(1).is_some() && word.contains(own.as_str());
        self.0.contains(word) || (!word.is_ascii() && self.0.iter().any(is_within))
    }
}

/// The beginning of a message, at most 200 characters. It ends between two words: the half of a private word would be
/// recognised by nobody.
pub(crate) fn cut(message: &str) -> &str {
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => message[..end].trim_end_matches(char::is_alphanumeric).trim_end(),
        None => message,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Where numbers of four and more digits are, in groups or not.
fn numbers(message: &str) -> Vec<Range<usize>> {
    let mut numbers: Vec<(Range<usize>, usize)> = Vec::new();
    for (at, c) in message.char_indices().filter(|(_, c)| c.is_numeric()) {
        let end = at + c.len_utf8();
        match numbers.last_mut() {
            Some((number, digits)) if is_one_number(&message[number.end..at]) => {
                (number.end, *digits) = (end, *digits + 1);
            }
            _ => numbers.push((at..end, 1)),
        }
    }
    numbers.into_iter().filter(|(_, digits)| *digits >= DIGITS).map(|(number, _)| number).collect()
}

fn is_one_number(between: &str) -> bool {
    between.len() <= 3 && between.chars().all(|c| BETWEEN_GROUPS.contains(c))
}

#[cfg(test)]
mod tests {
    use canonical::{Patch, Rules};
    use serde_json::json;

    use super::*;
    use crate::{Method, Path, Subject, SubjectKind};

    static ID: SubjectKind = SubjectKind::integer("id");

    fn sent(body: JsonValue) -> VendorRequest {
        VendorRequest {
            method: Method::Put,
            path: Path::new(["users", "89"]),
            query: Vec::new(),
            headers: Vec::new(),
            body: Some(body),
            subject: Subject::parse(&ID, "89").expect("an integer"),
        }
    }

    #[test]
    fn words_of_the_request_addresses_and_numbers_are_taken_out() {
        let sent = sent(json!({"first_name": "Jane", "telephone": "416-555-1234"}));
        let message = "User 89 jane's address old@example.org and 416-555-1234 is \x1b[31mtaken";
        assert_eq!(redact(message, &sent), "User … … address … and … is [31mtaken");
    }

    #[test]
    fn numbers_in_groups_are_taken_out_and_short_ones_stay() {
        let sent = sent(json!({}));
        for (message, kept) in [
            ("call +1 416 555 0177 now", "call … … … … now"),
            ("(416) 555-0177, again", "… … again"),
            ("1 (416) 555 - 0177", "… … … … …"),
            ("+1.416.555.0177", "…"),
            ("09/03/1987 or 9. 3. 87", "… or … … …"),
            ("tel. ４１６ ٥٥٥", "tel. … …"),
            ("error 42: 100 characters, 255 at most", "error 42: 100 characters, 255 at most"),
            ("", ""),
        ] {
            assert_eq!(redact(message, &sent), kept, "{message}");
        }
    }

    #[test]
    fn words_of_the_profile_are_taken_out_and_the_names_of_its_leaves_are_not() {
        let body = json!({
            "given_name": "Zoë", "middle_name": "B", "family_name": "王小明", "gender": "male", "locale": "is-IS",
            "birthdate": "1987-03-09", "title": "Coach", "tags": ["gold member"], "address": {"country": "IS"},
            "custom": {"points": 42, "list": ["Listed"], "vip": true, "empty": "", "gone": null},
        });
        let patch = Patch::parse(body.to_string().as_bytes(), &Rules::default()).expect("a patch");
        let mut profile = Profile::default();
        profile.apply(&patch, 1).expect("small");
        let mut private = PrivateWords::of_profile(&profile);
        private.add("v-7");
        for (message, kept) in [
            ("status 422: given_name (was ZOË B.)", "status 422: given_name (was … …"),
            ("gender=MALE, locale is-IS, points: 42", "… locale … points: …"),
            ("Coach's title, gold, listed, true or empty", "… title, … … true or empty"),
            ("用户王小明已存在", "…"),
            ("born 03.09., witness v-7", "born … witness …"),
        ] {
            assert_eq!(private.taken_out_of(message), kept, "{message}");
        }
    }

    #[test]
    fn no_word_is_cut_so_that_it_is_not_recognised_any_more() {
        let message = format!("{}secretive", "word ".repeat(39));
        assert_eq!(redact(&message, &sent(json!({}))), "word ".repeat(39).trim_end());
        assert_eq!(cut(&"x".repeat(LONGEST)).len(), LONGEST);
        assert_eq!(cut(&"x".repeat(LONGEST + 1)), "");
    }

    #[test]
    fn a_body_that_is_json_in_a_string_is_opened() {
        let sent = sent(json!("{\"Company\":\"Axero Solutions\"}"));
        assert_eq!(redact("Company Axero unknown", &sent), "Company … unknown");
        assert!(redact(&"word ".repeat(100), &sent).chars().count() <= 200);
    }
}
