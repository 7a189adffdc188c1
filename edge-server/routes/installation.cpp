#include "edge-server/routes/installation.h"
#include "edge-server/config.h"

std::string console_build(http::Files const& files)
{
    constexpr std::string_view start = "/assets/console.", end = ".js\"";
    auto const page = files.text("console.html").value_or("");
    for (auto at = page.find(start); at != std::string::npos; at = page.find(start, at)) {
        at += start.size();
        auto const dot = page.find('.', at);
        if (dot != std::string::npos && page.compare(dot, end.size(), end) == 0) return page.substr(at, dot - at);
    }
    return {};
}

Json installation_of(Config const& config, std::string const& build)
{
    return {{"simulated", config.is_simulated()}, {"version", "1.0"}, {"build", build}};
}
