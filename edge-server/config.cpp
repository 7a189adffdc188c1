#include "edge-server/config.h"
#include "shared/base/base64.h"
#include "shared/base/text.h"
#include "shared/domain/area_codes.h"
#include "shared/domain/organization.h"
#include "shared/domain/phone_number.h"

#include <CLI/CLI.hpp>

#include <arpa/inet.h>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

Error bad(char const* variable, std::string const& message)
{
    return {ErrorKind::Invalid, "bad_configuration", std::string(variable) + ": " + message};
}

Outcome read_secret(char const* variable, std::string& target, std::string* file = nullptr)
{
    if (auto const* value = std::getenv(variable); value && *value) {
        target = value;
        return Nothing{};
    }
    auto const* path = std::getenv((std::string(variable) + "_FILE").c_str());
    if (!path || !*path) return Nothing{};
    if (file) *file = path;
    std::ifstream stream(path);
    if (!stream) {
        if (file) return Nothing{}; // not made yet
        return bad((std::string(variable) + "_FILE").c_str(), std::string("cannot read ") + path);
    }
    target.assign(std::istreambuf_iterator<char>(stream), {});
    while (!target.empty() && (target.back() == '\n' || target.back() == '\r'))
        target.pop_back();
    return Nothing{};
}

bool is_http_url(std::string const& url)
{
    return (url.starts_with("http://") && url.size() > 7) || (url.starts_with("https://") && url.size() > 8);
}

std::string host_of(std::string const& url)
{
    auto const start = url.find("://") + 3;
    return lower_case_ascii(url.substr(start, url.find_first_of(":/", url[start] == '[' ? url.find(']', start) : start) - start));
}

bool is_host_of(std::string const& url, std::string const& domain)
{
    auto const host = host_of(url);
    return host == domain || host.ends_with("." + domain);
}

// http or https, a host, perhaps a port, and nothing behind: paths are ours.
bool is_base_url(std::string const& url)
{
    if (!is_http_url(url) || url.find_first_of("#?@ \\", 0) != std::string::npos) return false;
    auto const rest = url.substr(url.find("://") + 3);
    if (rest.find('/') != std::string::npos) return false;
    auto const colon = rest.find(':', rest[0] == '[' ? std::min(rest.find(']'), rest.size() - 1) : 0);
    if (colon == 0) return false;
    if (colon == std::string::npos) return true;
    auto const port = rest.substr(colon + 1);
    return !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos && std::stoi(port) >= 1
        && std::stoi(port) <= 65535;
}

// Addresses and names that are never reachable from the internet.
bool is_private(std::string const& host)
{
    for (auto const* start : {"10.", "127.", "192.168.", "169.254.", "0."})
        if (host.starts_with(start)) return true;
    for (auto const* end : {".local", ".localhost", ".test", ".internal", ".invalid", ".example"})
        if (host.ends_with(end)) return true;
    auto const in_block = [&](char const* start, int first, int last) { // 172.16.0.0/12, 100.64.0.0/10
        if (!host.starts_with(start)) return false;
        auto const second = std::atoi(host.c_str() + 4);
        return second >= first && second <= last;
    };
    return in_block("172.", 16, 31) || in_block("100.", 64, 127) || host == "localhost" || host.starts_with('[');
}

bool is_ip_address(std::string const& text)
{
    in6_addr address{};
    return ::inet_pton(AF_INET, text.c_str(), &address) == 1 || ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

std::optional<int> port_of(std::string const& listen)
{
    auto const colon = listen.rfind(':');
    int port = -1;
    if (colon == std::string::npos || colon == 0) return {};
    auto const* end = listen.data() + listen.size();
    auto const [rest, problem] = std::from_chars(listen.data() + colon + 1, end, port);
    if (problem != std::errc() || rest != end || port < 0 || port > 65535) return {};
    return port;
}

} // namespace

std::string Config::listen_host() const
{
    auto host = listen.substr(0, listen.rfind(':'));
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return host;
}

int Config::listen_port() const
{
    return port_of(listen).value_or(0);
}

std::int64_t Config::budget_micro_dollars() const
{
    return micro_dollars_of(budget).value_or(0);
}

bool Config::is_live_by_mistake() const
{
    bool const live = is_host_of(twilio_api_base, "twilio.com") || is_host_of(elevenlabs_api_base, "elevenlabs.io");
    auto const host = host_of(public_url);
    bool const reachable = public_url.starts_with("https://") && host.find('.') != std::string::npos && !is_private(host);
    return live && !reachable;
}

bool Config::is_simulated() const
{
    return !is_host_of(twilio_api_base, "twilio.com") || !is_host_of(elevenlabs_api_base, "elevenlabs.io");
}

std::vector<std::string> Config::secrets() const
{
    std::vector<std::string> values;
    for (auto const& configured :
        {admin_password, twilio_auth_token, elevenlabs_api_key, elevenlabs_webhook_secret, elevenlabs_initiation_secret}) {
        std::size_t start = 0;
        while (start < configured.size()) {
            auto const comma = std::min(configured.find(',', start), configured.size());
            if (comma > start) values.push_back(configured.substr(start, comma - start));
            start = comma + 1;
        }
    }
    // Also as it stands in the Authorization header: a vendor's answer could quote that.
    if (has_twilio())
        for (auto const& token : std::vector<std::string>(values))
            values.push_back(base64(twilio_account_sid + ":" + token));
    return values;
}

void add_options(CLI::App& app, Config& config)
{
    auto const add = [&](char const* flag, char const* variable, auto& target, char const* what) {
        app.add_option(flag, target, what)->envname(variable)->capture_default_str()->configurable(false);
    };
    add("--listen", "DEALERLINE_LISTEN", config.listen, "Address and port to serve on");
    add("--public-url", "DEALERLINE_PUBLIC_URL", config.public_url, "How the vendors reach this server; from --listen when empty");
    add("--database", "DEALERLINE_DATABASE", config.database, "sqlite:FILE");
    add("--web-root", "DEALERLINE_WEB_ROOT", config.web_root, "The built pages; ../../web beside the program when empty");
    add("--admin-email", "DEALERLINE_ADMIN_EMAIL", config.admin_email, "Makes the first platform admin when there is none");
    add("--twilio-account-sid", "TWILIO_ACCOUNT_SID", config.twilio_account_sid, "The Twilio account");
    add("--twilio-api-base", "TWILIO_API_BASE", config.twilio_api_base, "Where Twilio's API is");
    add("--elevenlabs-api-base", "ELEVENLABS_API_BASE", config.elevenlabs_api_base, "Where ElevenLabs' API is");
    add("--elevenlabs-agent-id", "ELEVENLABS_AGENT_ID", config.elevenlabs_agent_id, "The agent that answers");
    add("--elevenlabs-import", "ELEVENLABS_IMPORT", config.elevenlabs_import, "auto or manual; auto when there is a key and an agent");
    add("--default-name", "DEALERLINE_DEFAULT_NAME", config.default_name, "The dealership's name for an unknown number");
    add("--default-number", "DEALERLINE_DEFAULT_NUMBER", config.default_number,
        "A number of the Twilio account that texts for dealerships without an active one; none when empty");
    add("--country", "DEALERLINE_COUNTRY", config.country, "CA or US: where to look when the form does not say");
    add("--area-code", "DEALERLINE_AREA_CODE", config.area_code, "The area code to look in first then");
    add("--outbound", "DEALERLINE_OUTBOUND", config.outbound,
        "approval or open: whether people who did not write first are called and texted without an admin's approval");
    app.add_option("--outbound-countries", config.outbound_countries, "Whose numbers are called and texted: CA, US")
        ->envname("DEALERLINE_OUTBOUND_COUNTRIES")
        ->capture_default_str()
        ->delimiter(',');
    add("--quiet-hours", "DEALERLINE_QUIET_HOURS", config.quiet_hours,
        "kept, or ignored with simulated vendors: nobody real is woken then, and a demonstration runs at any hour");
    add("--budget", "DEALERLINE_BUDGET", config.budget, "What a new organisation may spend in a month, in dollars");
    add("--max-purchases-per-day", "DEALERLINE_MAX_PURCHASES_PER_DAY", config.max_purchases_per_day, "More signups are kept and held");
    add("--signups-per-ip-per-hour", "DEALERLINE_SIGNUPS_PER_IP_PER_HOUR", config.signups_per_ip_per_hour,
        "More signups are kept and held");
    app.add_option("--trusted-proxies", config.trusted_proxies, "Addresses whose X-Forwarded-For is believed, separated by commas")
        ->envname("DEALERLINE_TRUSTED_PROXIES")
        ->delimiter(',');
    add("--log", "DEALERLINE_LOG", config.log, "trace, debug, info, warn or error");
    app.footer("Secrets, from the environment or from a file named by …_FILE:\n"
               "  DEALERLINE_ADMIN_PASSWORD  TWILIO_AUTH_TOKEN  ELEVENLABS_API_KEY\n"
               "  ELEVENLABS_WEBHOOK_SECRET  ELEVENLABS_INITIATION_SECRET\n"
               "The Twilio and ElevenLabs secrets take two values, separated by a comma, while they rotate.");
}

Outcome complete(Config& config)
{
    struct Secret {
        char const* variable;
        std::string* target;
        std::string* file;
    };
    for (auto const& [variable, target, file] : {Secret{"DEALERLINE_ADMIN_PASSWORD", &config.admin_password, nullptr},
             {"TWILIO_AUTH_TOKEN", &config.twilio_auth_token, nullptr}, {"ELEVENLABS_API_KEY", &config.elevenlabs_api_key, nullptr},
             {"ELEVENLABS_WEBHOOK_SECRET", &config.elevenlabs_webhook_secret, &config.elevenlabs_webhook_secret_file},
             {"ELEVENLABS_INITIATION_SECRET", &config.elevenlabs_initiation_secret, nullptr}})
        if (auto const read = read_secret(variable, *target, file); !read) return read;

    if (!port_of(config.listen)) return bad("DEALERLINE_LISTEN", "use ADDRESS:PORT, such as 127.0.0.1:8080");
    if (config.public_url.empty() && config.listen_port() == 0) return bad("DEALERLINE_PUBLIC_URL", "set it when any free port is taken");
    if (config.public_url.empty()) config.public_url = "http://" + config.listen;
    while (config.public_url.ends_with('/'))
        config.public_url.pop_back();
    for (auto const& [variable, url] : {std::pair{"DEALERLINE_PUBLIC_URL", config.public_url}, {"TWILIO_API_BASE", config.twilio_api_base},
             {"ELEVENLABS_API_BASE", config.elevenlabs_api_base}})
        if (!is_base_url(url)) return bad(variable, "use http:// or https://, a host and perhaps a port, without a path");
    if (config.elevenlabs_import.empty()) config.elevenlabs_import = config.has_elevenlabs() ? "auto" : "manual";
    if (config.elevenlabs_import != "auto" && config.elevenlabs_import != "manual") return bad("ELEVENLABS_IMPORT", "use auto or manual");
    if (config.imports_by_itself() && !config.has_elevenlabs())
        return bad("ELEVENLABS_IMPORT", "auto needs ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID");
    if (config.country != "CA" && config.country != "US") return bad("DEALERLINE_COUNTRY", "use CA or US");
    if (auto const area = find_area_code(config.area_code); !area || area->country != config.country)
        return bad("DEALERLINE_AREA_CODE", "there is no area code " + config.area_code + " in " + config.country);
    if (auto const problem = check_organization_name(config.default_name)) return bad("DEALERLINE_DEFAULT_NAME", problem->message);
    if (config.outbound != "approval" && config.outbound != "open") return bad("DEALERLINE_OUTBOUND", "use approval or open");
    for (auto const& country : config.outbound_countries)
        if (country != "CA" && country != "US") return bad("DEALERLINE_OUTBOUND_COUNTRIES", "use CA, US or both, separated by a comma");
    if (config.quiet_hours != "kept" && config.quiet_hours != "ignored") return bad("DEALERLINE_QUIET_HOURS", "use kept or ignored");
    if (config.quiet_hours == "ignored"
        && (is_host_of(config.twilio_api_base, "twilio.com") || is_host_of(config.elevenlabs_api_base, "elevenlabs.io")))
        return bad("DEALERLINE_QUIET_HOURS", "with a vendor's real address they are kept");
    if (!micro_dollars_of(config.budget)) return bad("DEALERLINE_BUDGET", "use dollars, such as 50.00");
    if (!config.default_number.empty() && !is_e164(config.default_number))
        return bad("DEALERLINE_DEFAULT_NUMBER", "use a whole number, such as +16045550100");
    if (config.max_purchases_per_day < 0) return bad("DEALERLINE_MAX_PURCHASES_PER_DAY", "use 0 or more");
    if (config.signups_per_ip_per_hour < 1) return bad("DEALERLINE_SIGNUPS_PER_IP_PER_HOUR", "use 1 or more");
    if (!config.admin_email.empty()) {
        if (auto const problem = check_email(config.admin_email)) return bad("DEALERLINE_ADMIN_EMAIL", problem->message);
        if (auto const problem = check_password(config.admin_password)) return bad("DEALERLINE_ADMIN_PASSWORD", problem->message);
    }
    if (!config.database.starts_with("sqlite:") || config.database.size() < 8) return bad("DEALERLINE_DATABASE", "use sqlite:FILE");
    if (!config.web_root.empty() && !std::filesystem::is_directory(config.web_root))
        return bad("DEALERLINE_WEB_ROOT", "there is no folder " + config.web_root);
    for (auto const& proxy : config.trusted_proxies)
        if (!is_ip_address(proxy)) return bad("DEALERLINE_TRUSTED_PROXIES", "use IP addresses, separated by commas");
    if (!config.twilio_account_sid.empty()
        && (config.twilio_account_sid.size() != 34 || !config.twilio_account_sid.starts_with("AC")
            || config.twilio_account_sid.find_first_not_of("0123456789abcdefABCDEF", 2) != std::string::npos))
        return bad("TWILIO_ACCOUNT_SID", "use AC and 32 hexadecimal digits");
    if (config.log != "trace" && config.log != "debug" && config.log != "info" && config.log != "warn" && config.log != "error")
        return bad("DEALERLINE_LOG", "use trace, debug, info, warn or error");
    return Nothing{};
}
