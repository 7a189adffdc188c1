#include "edge-server/services/retrying.h"

#include <algorithm>
#include <random>

using std::chrono::milliseconds;

namespace {

milliseconds random_up_to(std::int64_t most)
{
    thread_local std::mt19937 random(std::random_device{}());
    return milliseconds(std::uniform_int_distribution<std::int64_t>(0, most)(random));
}

} // namespace

milliseconds back_off(int attempts)
{
    auto const base = std::min<std::int64_t>(30'000, 500LL << std::min(attempts, 6));
    return milliseconds(base / 2) + random_up_to(base / 2);
}

milliseconds pause_of(ProviderClient const& provider)
{
    auto const outage = provider.outage();
    auto const pause = milliseconds(outage.next_try_at.milliseconds - now().milliseconds);
    return outage.open && pause.count() > 0 ? with_jitter(pause) : milliseconds(0);
}

milliseconds with_jitter(milliseconds pause)
{
    return pause + random_up_to(1000);
}

std::string quoted(std::string const& provider, ProviderAnswer const& answer)
{
    if (answer.status == 0) return answer.message; // it says itself that there was no answer
    auto text = provider + " answered \"" + answer.message + "\"";
    if (!answer.code.empty()) text += " (" + answer.code + ")";
    return text + '.';
}

bool is_elevenlabs_url(std::string const& url)
{
    constexpr std::string_view start = "https://";
    if (!url.starts_with(start)) return false;
    auto const host = url.substr(start.size(), url.find_first_of(":/", start.size()) - start.size());
    return host == "elevenlabs.io" || host.ends_with(".elevenlabs.io");
}
