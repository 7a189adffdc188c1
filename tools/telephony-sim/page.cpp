#include "tools/telephony-sim/page.h"

#include "tools/telephony-sim/embedded.h"

#include <array>

namespace simulator {

namespace {

struct File {
    char const* path;
    char const* name;
    char const* content_type;
};

constexpr std::array files{
    File{"/", "page/index.html", "text/html; charset=utf-8"},
    File{"/telephone.css", "page/telephone.css", "text/css; charset=utf-8"},
    File{"/telephone.js", "page/telephone.js", "text/javascript; charset=utf-8"},
    File{"/texts.js", "page/texts.js", "text/javascript; charset=utf-8"},
    File{"/faults.js", "page/faults.js", "text/javascript; charset=utf-8"},
    File{"/disturbances.js", "page/disturbances.js", "text/javascript; charset=utf-8"},
    File{"/mark.svg", "page/mark.svg", "image/svg+xml"},
};

constexpr char const* policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                               "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

} // namespace

std::optional<Answer> page_file(std::string const& path)
{
    for (auto const& file : files) {
        if (path != file.path) continue;
        Answer answer;
        answer.body = embedded(file.name);
        answer.content_type = file.content_type;
        answer.headers = {{"Content-Security-Policy", policy}, {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"},
            {"Cache-Control", "no-cache"}};
        return answer;
    }
    return std::nullopt;
}

} // namespace simulator
