#pragma once

#include "edge-server/http/message.h"
#include "shared/base/result.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace http {

enum class Body { None, Json, Form, Any };

// A webhook is answered whatever else goes on: the other traffic leaves threads free for it.
enum class Lane { Webhook, Ordinary };

struct Route {
    std::string method;
    std::string path; // segments, {name} takes one; a last {name...} takes the rest
    Body body = Body::None;
    std::size_t body_limit = 64 * 1024; // bytes
    Lane lane = Lane::Ordinary;
};

using Handler = std::function<Response(Request const&)>;

// Called once, from any thread; `make` runs on the thread that sends.
using Answer = std::function<void(std::function<Response()> make)>;
// For what is asked by thousands a second: a thread that waits for each answer would cost more than the answer (measured). Called on the
// thread that watches the connections, so it must not block. It answers always, or throws before it has.
using PromptHandler = std::function<void(Request const&, Answer)>;

class Router {
public:
    void add(Route route, Handler handler);
    void add_prompt(Route route, PromptHandler handler); // a path without parameters

    struct Match {
        Route const* route = nullptr;
        Handler const* handler = nullptr;
        std::vector<std::pair<std::string_view, std::string>> params;
        std::string allowed; // for a 405: the methods that this path knows; empty when the path is unknown
    };
    Match find(std::string_view method, std::string_view path) const;
    struct Prompt {
        Route const& route;
        PromptHandler const& handler;
    };
    std::optional<Prompt> prompt_at(std::string_view path) const;
    // Whether a webhook's route has exactly this path.
    bool is_urgent(std::string_view path) const;

private:
    struct Entry {
        Route route;
        Handler handler;
        PromptHandler prompt_handler; // empty when there is none
        std::vector<std::string> segments;
    };
    bool matches(Entry const& entry, std::vector<std::string_view> const& segments, Match& match) const;

    std::vector<Entry> m_entries;
};

} // namespace http
