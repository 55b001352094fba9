use adapter::{Adapter, FieldRule, Rule, Subject, SubjectForm, SubjectKind, Update, WireField, WireValue};
use canonical::Leaf;

/// What the path of a vendor's update call begins with, before it names the user: `api`, `users`.
pub fn own_path(adapter: &dyn Adapter, kind: &'static SubjectKind) -> Option<Vec<String>> {
    let anybody = if kind.form == SubjectForm::Email { "x@example.com" } else { "1" };
    let subject = Subject::parse(kind, anybody).ok()?;
    let is_sent = |rule: &&FieldRule| rule.rule == Rule::Required || rule.leaf == Some(Leaf::GivenName);
    let field = |rule: &FieldRule| {
        let leaf = rule.leaf.clone()?;
        Some(WireField { leaf, to: rule.to.to_owned(), value: WireValue::Set("x".into()) })
    };
    let fields: Vec<WireField> = adapter.dialect().fields.iter().filter(is_sent).filter_map(field).collect();
    let requests = adapter.build_requests(&Update { subject: &subject, fields: &fields }).ok()?;
    let segments = &requests.first()?.path.segments;
    Some(segments.iter().take_while(|segment| *segment != subject.as_str()).cloned().collect())
}
