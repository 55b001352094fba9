//! Spans for a collector (OpenTelemetry, OTLP over HTTP): one for each update that is accepted, and one below it for each attempt
//! at a vendor, hours later too. They name routes, lanes and outcomes, and nothing of a person. To vendors nothing is said of it.

use std::time::{Duration, SystemTime};

use api_types::FailureWord;
use delivery::{Attempted, TraceContext};
use gateway_config::TracesConfig;
use opentelemetry::{
    Context, KeyValue,
    trace::{
        Span, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
        Tracer, TracerProvider,
    },
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use transport_http::OtlpClient;

/// Makes spans and has them exported in the background; one that the collector does not take is lost, and nothing else.
#[derive(Debug)]
pub struct Traces {
    tracer: SdkTracer,
    provider: SdkTracerProvider,
}

/// How long a stop waits for the last spans.
const FLUSH: Duration = Duration::from_secs(2);

impl Traces {
    /// Begins to export; to be called on the runtime that sends.
    ///
    /// # Errors
    /// When no exporter can be made, in words for an operator.
    pub fn start(config: &TracesConfig) -> Result<Self, String> {
        let client = OtlpClient::new(&config.otlp).map_err(|error| error.to_string())?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(&config.otlp)
            .with_protocol(Protocol::HttpBinary)
            .build()
            .map_err(|error| format!("traces: {error}"))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource =
            Resource::builder_empty().with_service_name("profile-gateway").with_attribute(version).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample))))
            .with_resource(resource)
            .build();
        Ok(Self { tracer: provider.tracer("profile-gateway"), provider })
    }

    /// Begins the span of an update that is being accepted, below the caller's span where it names one.
    pub fn accepting(&self, parent: Option<TraceContext>) -> Accepting {
        let builder = self.tracer.span_builder("accept update").with_kind(SpanKind::Server);
        Accepting(builder.start_with_context(&self.tracer, &below(parent)))
    }

    /// Adds the span of an attempt that has just ended.
    pub fn attempted(&self, attempt: &Attempted<'_>) {
        let ended = SystemTime::now();
        let mut attributes = vec![
            KeyValue::new("profile_gateway.route", attempt.route.to_owned()),
            KeyValue::new("profile_gateway.lane", attempt.lane),
            KeyValue::new("profile_gateway.version", attempt.version.cast_signed()),
        ];
        attributes.extend(
            attempt.status.map(|status| KeyValue::new("http.response.status_code", i64::from(status))),
        );
        let failure: Option<&'static str> = attempt.failure.map(|class| FailureWord::from(class).into());
        attributes.extend(failure.map(|failure| KeyValue::new("error.type", failure)));
        let mut span = self
            .tracer
            .span_builder("deliver to vendor")
            .with_kind(SpanKind::Client)
            .with_start_time(ended - attempt.took)
            .with_attributes(attributes)
            .start_with_context(&self.tracer, &below(attempt.trace));
        if let Some(failure) = failure {
            span.set_status(Status::error(failure));
        }
        span.end_with_timestamp(ended);
    }

    /// Exports what is left.
    pub fn stop(&self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH) {
            tracing::debug!(%error, "the last spans were not exported");
        }
    }
}

/// The span of an update that is being accepted; it ends when it is dropped.
#[derive(Debug)]
pub struct Accepting(opentelemetry_sdk::trace::Span);

impl Accepting {
    /// What the deliveries of the update stand below.
    pub fn context(&self) -> Option<TraceContext> {
        let context = self.0.span_context();
        context.is_valid().then(|| TraceContext {
            trace_id: context.trace_id().to_bytes(),
            parent_id: context.span_id().to_bytes(),
            flags: context.trace_flags().to_u8(),
        })
    }
}

fn below(parent: Option<TraceContext>) -> Context {
    let Some(parent) = parent else { return Context::new() };
    Context::new().with_remote_span_context(SpanContext::new(
        TraceId::from_bytes(parent.trace_id),
        SpanId::from_bytes(parent.parent_id),
        TraceFlags::new(parent.flags),
        true,
        TraceState::default(),
    ))
}
