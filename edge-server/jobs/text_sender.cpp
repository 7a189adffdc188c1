#include "edge-server/jobs/text_sender.h"
#include "shared/base/id.h"

#include <spdlog/spdlog.h>

namespace {

constexpr int worker_count = 2; // a number sends a text a second; vendor calls have a limit of their own
constexpr std::chrono::seconds longest_sleep{5};

} // namespace

TextSender::TextSender(Texts& texts) : m_texts(texts)
{
    auto const server = new_id(); // leases tell servers apart too
    for (int i = 0; i < worker_count; ++i)
        m_threads.emplace_back([this, name = server + '/' + std::to_string(i)] { loop(name); });
}

TextSender::~TextSender()
{
    m_stopping = true;
    m_texts.wake();
    for (auto& thread : m_threads)
        thread.join();
}

void TextSender::loop(std::string const& name)
{
    std::uint64_t calls_seen = 0;
    while (!m_stopping) {
        try {
            if (!m_texts.send_next(name) && !m_texts.ask_next() && !m_stopping) m_texts.wait_for_work(calls_seen, longest_sleep);
        } catch (std::exception const& failure) {
            spdlog::error("texts: {}", failure.what());
            std::this_thread::sleep_for(std::chrono::seconds(1));
        }
    }
}
