#include "edge-server/http/router.h"

#include <algorithm>
#include <future>
#include <memory>

namespace http {

namespace {

template <typename String>
std::vector<String> split(std::string_view path)
{
    std::vector<String> segments;
    for (std::size_t start = 1; start <= path.size();) {
        auto end = path.find('/', start);
        if (end == std::string_view::npos) end = path.size();
        segments.emplace_back(path.substr(start, end - start));
        start = end + 1;
    }
    return segments;
}

bool takes_rest(std::string_view segment)
{
    return segment.ends_with("...}");
}

} // namespace

void Router::add(Route route, Handler handler)
{
    auto segments = split<std::string>(route.path);
    m_entries.push_back({std::move(route), std::move(handler), {}, std::move(segments)});
}

void Router::add_prompt(Route route, PromptHandler handler)
{
    // For a request that only httplib can read: it has a thread already, which waits.
    add(std::move(route), [handler](Request const& request) {
        auto const made = std::make_shared<std::promise<std::function<Response()>>>(); // shared: who answers may still be in it
        auto made_by = made->get_future();
        handler(request, [made](std::function<Response()> make) { made->set_value(std::move(make)); });
        return made_by.get()();
    });
    m_entries.back().prompt_handler = std::move(handler);
}

std::optional<Router::Prompt> Router::prompt_at(std::string_view path) const
{
    for (auto const& entry : m_entries)
        if (entry.prompt_handler && entry.route.path == path) return Prompt{entry.route, entry.prompt_handler};
    return {};
}

bool Router::is_urgent(std::string_view path) const
{
    return std::any_of(m_entries.begin(), m_entries.end(),
        [&](Entry const& entry) { return entry.route.lane == Lane::Webhook && entry.route.path == path; });
}

bool Router::matches(Entry const& entry, std::vector<std::string_view> const& segments, Match& match) const
{
    auto const& wanted = entry.segments;
    bool const open_ended = !wanted.empty() && takes_rest(wanted.back());
    if (open_ended ? segments.size() < wanted.size() : segments.size() != wanted.size()) return false;
    match.params.clear();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        std::string_view const segment = wanted[i];
        if (takes_rest(segment)) {
            auto const* start = segments[i].data();
            auto const* end = segments.back().data() + segments.back().size();
            match.params.emplace_back(segment.substr(1, segment.size() - 5), std::string(start, end));
            return true;
        }
        if (segment.starts_with('{')) {
            if (segments[i].empty()) return false;
            match.params.emplace_back(segment.substr(1, segment.size() - 2), std::string(segments[i]));
        } else if (segment != segments[i])
            return false;
    }
    return true;
}

Router::Match Router::find(std::string_view method, std::string_view path) const
{
    auto const segments = split<std::string_view>(path);
    Match match;
    for (auto const& entry : m_entries) {
        if (!matches(entry, segments, match)) continue;
        bool const head = method == "HEAD" && entry.route.method == "GET";
        if (entry.route.method == method || head) {
            match.route = &entry.route;
            match.handler = &entry.handler;
            return match;
        }
        match.allowed += (match.allowed.empty() ? "" : ", ") + entry.route.method + (entry.route.method == "GET" ? ", HEAD" : "");
    }
    match.params.clear();
    return match;
}

} // namespace http
