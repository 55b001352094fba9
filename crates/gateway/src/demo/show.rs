use std::{
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use vendor_sim::{Exchange, Simulators, Vendor};

use super::{people, world::World};
use crate::gateway::Gateway;

/// How often the vendors are asked what has arrived.
const LOOK: Duration = Duration::from_millis(100);

/// Says where everything is, and three things to try.
pub(super) fn welcome(gateway: &Gateway, world: &World) {
    let api = format!("http://{}", gateway.api_address());
    let key = world.key();
    print(&format!(
        "profile-gateway demo\n\n  API          {api}\n  pages        http://{}/   (operators' pages and calls; sign in with the key)\n  key          {key}   (all scopes, this once)",
        gateway.operator_address()
    ));
    for vendor in Vendor::ALL {
        print(&format!("  {:<13}{}", vendor.name(), world.simulators().get(vendor).base_url()));
    }
    print("\nEverybody below exists at all four vendors:");
    for (id, person) in people::all() {
        print(&format!("  {id}  {} {}, {}", person.first_name, person.last_name, person.email));
    }
    let patch = |body: &str| {
        format!(
            "curl -s -X PATCH {api}/v1/users/crm-42 -H 'Authorization: Bearer {key}' \\\n    -H 'Content-Type: application/merge-patch+json' -H 'Prefer: wait=5' \\\n    -d '{body}'"
        )
    };
    print("\nOne change in, four vendors in step; Village has no place for a title:\n");
    print(&format!("  {}", patch(r#"{"phone_number":"+1 416 555 9876","title":"Coach"}"#)));
    print("\nA null clears; where a vendor cannot clear, the answer says so:\n");
    print(&format!("  {}", patch(r#"{"phone_number":null,"nickname":"Janey"}"#)));
    print("\nWhat would be sent, byte for byte, without sending it:\n");
    print(&format!(
        "  curl -s {api}/v1/users/crm-42/plan -H 'Authorization: Bearer {key}' \\\n    -H 'Content-Type: application/merge-patch+json' -d '{{\"address\":{{\"locality\":\"Toronto\",\"country\":\"CA\"}}}}'"
    ));
    print("\nHow every vendor stands, as an operator is told:\n");
    let operator = format!("--operator http://{}", gateway.operator_address());
    print(&format!("  PROFILE_GATEWAY_KEY={key} \\\n    profile-gateway routes {operator}"));
    print("\nWhat arrives at the vendors (interrupt to end):\n");
    print(&row("at", "vendor", "request", "status", "body"));
}

/// Prints a line for each request that arrives from now on.
pub(super) async fn arrivals(simulators: Arc<Simulators>) {
    let since = Instant::now();
    let mut seen = Vendor::ALL.map(|vendor| simulators.get(vendor).control().requests());
    loop {
        tokio::time::sleep(LOOK).await;
        for (vendor, seen) in Vendor::ALL.into_iter().zip(&mut seen) {
            for exchange in simulators.get(vendor).control().history_after(*seen) {
                // An exchange that is still open is shown when it has ended.
                if exchange.ended_us.is_none() {
                    break;
                }
                *seen = exchange.seq;
                print(&line(since.elapsed(), vendor, &exchange));
            }
        }
    }
}

fn line(at: Duration, vendor: Vendor, exchange: &Exchange) -> String {
    let at = format!("{:.1}s", at.as_secs_f64());
    let request = format!("{} {}", exchange.method, exchange.target);
    let status = exchange.status.map_or_else(|| "–".to_owned(), |status| status.to_string());
    row(&at, vendor.name(), &request, &status, &String::from_utf8_lossy(&exchange.body.0))
}

fn row(at: &str, vendor: &str, request: &str, status: &str, body: &str) -> String {
    format!("  {at:>7}  {vendor:<11}  {request:<46}  {status:<6}  {body}").trim_end().to_owned()
}

fn print(line: &str) {
    // Nobody may be reading; the demo goes on for those who call it.
    let _ = writeln!(std::io::stdout(), "{line}");
}
