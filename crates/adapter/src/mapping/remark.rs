use canonical::{Json, Kind, Leaf, Rules, Value};

use super::{ClearAs, Field, Mapping, Overlong, turn::Turn};
use crate::{PhoneFormat, Rule};

/// Something in a route's mapping that is accepted and should be known: an option without effect, or a value that the vendor is
/// not known to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRemark {
    /// The leaf that it is about; none for an option of the whole route.
    pub leaf: Option<Leaf>,
    /// The option that it is about; none for the leaf as such.
    pub option: Option<&'static str>,
    /// What is so, and what to write.
    pub sentence: String,
}

impl Mapping {
    /// What should be known about the mapping.
    pub fn remarks(&self) -> Vec<MappingRemark> {
        let of_fields = self.fields().flat_map(|(leaf, field)| self.of_field(leaf, field));
        of_fields.chain(self.of_phone_format()).collect()
    }

    fn of_field<'a>(&'a self, leaf: &'a Leaf, field: &'a Field) -> impl Iterator<Item = MappingRemark> + 'a {
        let (vendor, to) = (self.dialect().vendor, &*field.to);
        let remark = move |option, sentence| MappingRemark { leaf: Some(leaf.clone()), option, sentence };
        let truncate = (field.overlong == Overlong::Truncate && field.max_chars.is_none()).then(|| {
            format!("overlong has no effect: {vendor} documents no longest value of \"{to}\"; remove it")
        });
        let clear = (field.clear == ClearAs::EmptyString && field.rule != Rule::SetOnly).then(|| {
            let why = match field.rule {
                Rule::Required => "cannot be empty",
                _ => "is cleared in its own way",
            };
            format!("clear has no effect: \"{to}\" at {vendor} {why}; remove it")
        });
        let table = (field.rule == Rule::AddOnly && matches!(field.turn, Turn::Table(_)))
            .then(|| format!("map has no effect: \"{to}\" at {vendor} is a set; remove it"));
        let own_words = self.dialect().open_fields.iter().flat_map(|open| open.own_words);
        let own_words = own_words.filter(move |(own, _)| own == leaf && matches!(field.turn, Turn::AsIs));
        let own_words = own_words.map(move |(_, what)| format!("{vendor} wants {what}"));
        let of_options = [("overlong", truncate), ("clear", clear), ("map", table)];
        let of_options = of_options.into_iter().filter_map(|(option, text)| Some((Some(option), text?)));
        of_options.chain(own_words.map(|text| (None, text))).map(move |(option, text)| remark(option, text))
    }

    fn of_phone_format(&self) -> Option<MappingRemark> {
        if self.phone_format == PhoneFormat::default() || self.fields().any(depends_on_phone_format) {
            return None;
        }
        let vendor = self.dialect().vendor;
        let sentence = match self.fields().find(|(leaf, _)| leaf.kind() == Kind::Phone) {
            Some((_, field)) => {
                let to = &field.to;
                format!("phone_format has no effect: \"{to}\" at {vendor} has one form alone; remove it")
            }
            None => "phone_format has no effect: the route sends no telephone number; remove it".to_owned(),
        };
        Some(MappingRemark { leaf: None, option: Some("phone_format"), sentence })
    }
}

fn depends_on_phone_format((leaf, field): (&Leaf, &Field)) -> bool {
    let sample = Json::parse(br#""+1 416 555 0123""#).ok();
    let sample = sample.and_then(|json| Value::parse(&Leaf::PhoneNumber, &json, &Rules::default()).ok());
    let form = |phone_format| Some(field.turn.wire(sample.as_ref()?, field.format, phone_format));
    leaf.kind() == Kind::Phone && form(PhoneFormat::E164) != form(PhoneFormat::AsSent)
}
