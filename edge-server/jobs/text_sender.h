#pragma once

#include "edge-server/services/texts.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

// The threads that hand texts to Twilio, outside any request and any transaction.
class TextSender {
public:
    explicit TextSender(Texts& texts);
    ~TextSender(); // each finishes the text at hand

    TextSender(TextSender const&) = delete;
    TextSender& operator=(TextSender const&) = delete;

private:
    void loop(std::string const& name);

    Texts& m_texts;
    std::atomic<bool> m_stopping{false};
    std::vector<std::thread> m_threads;
};
