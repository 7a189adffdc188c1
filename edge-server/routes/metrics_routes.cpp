#include "edge-server/routes/metrics_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/store/drift_store.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"

#include <prometheus/text_serializer.h>

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily gauge(std::string name, std::string help)
{
    MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = MetricType::Gauge;
    return family;
}

void add(MetricFamily& family, double value, char const* label = nullptr, std::string const& of = {})
{
    prometheus::ClientMetric metric;
    if (label) metric.label.push_back({label, of});
    metric.gauge.value = value;
    family.metric.push_back(std::move(metric));
}

MetricFamily counted(std::string name, std::string help, char const* label, Counts const& counts)
{
    auto family = gauge(std::move(name), std::move(help));
    for (auto const& [of, count] : counts)
        add(family, static_cast<double>(count), label, of);
    return family;
}

std::vector<MetricFamily> from_books(sql::Reader& db)
{
    std::vector<MetricFamily> families{
        counted("dealerline_organizations", "Organisations by status.", "status", count_organizations(db, {})),
        counted("dealerline_phone_numbers", "Numbers by state.", "state", count_numbers(db, {})),
        counted("dealerline_notifications", "Notifications by status.", "status", count_notifications(db, {})),
        counted("dealerline_drift", "What the last look at the vendors' books found, by kind.", "kind", count_drift(db))};
    if (auto const look = last_drift_look(db)) {
        auto at = gauge("dealerline_drift_looked_at_seconds", "When the vendors' books were last looked at, in Unix time.");
        add(at, static_cast<double>(look->looked_at.milliseconds) / 1000);
        auto failed = gauge("dealerline_drift_look_failed", "Whether the last look failed.");
        add(failed, look->failure.empty() ? 0 : 1);
        families.push_back(std::move(at));
        families.push_back(std::move(failed));
    }
    return families;
}

} // namespace

void add_metrics_routes(http::Router& router, sql::Database& database, std::function<Json()> providers, std::function<Bounds()> bounds)
{
    router.add(
        {"GET", "/metrics"}, [&database, providers = std::move(providers), bounds = std::move(bounds)](http::Request const& request) {
            bool const is_here = request.remote_address == "127.0.0.1" || request.remote_address == "::1";
            if (!is_here) return refuse(request, {ErrorKind::Forbidden, "loopback_only", "Metrics are read on the server's own machine."});
            auto families = database.read(sql::Scope::platform(), [](sql::Reader& db) { return from_books(db); });
            auto calls = gauge("dealerline_provider_calls", "Calls within the last hour.");
            auto failures = gauge("dealerline_provider_failures", "Failed calls within the last hour.");
            auto open = gauge("dealerline_provider_breaker_open", "Whether calls are held back because the provider does not answer.");
            for (auto const& health : providers()) {
                auto const name = text_of(health, "name");
                add(calls, member_of(health, "calls").get<double>(), "provider", name);
                add(failures, member_of(health, "failures").get<double>(), "provider", name);
                if (member_of(health, "breaker").is_string()) add(open, text_of(health, "breaker") == "open" ? 1 : 0, "provider", name);
            }
            auto taken = gauge("dealerline_bound_taken", "How much of what is bounded is taken.");
            auto limit = gauge("dealerline_bound_limit", "How much of it there may be.");
            for (auto const& bound : bounds()) {
                add(taken, static_cast<double>(bound.taken), "of", bound.of);
                add(limit, static_cast<double>(bound.limit), "of", bound.of);
            }
            for (auto* family : {&calls, &failures, &open, &taken, &limit})
                families.push_back(std::move(*family));
            return http::Response{200, "text/plain; version=0.0.4; charset=utf-8", prometheus::TextSerializer().Serialize(families)};
        });
}
