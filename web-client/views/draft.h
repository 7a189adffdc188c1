#pragma once

#include "web-client/state/app_state.h"

#include <string>

namespace console {

// What is written until the server has it.
struct Draft {
    std::string text;
    std::string sent; // as much of the text as is on its way
    int successes = 0; // of the action that sends it, as last seen

    // Takes out what has arrived; what was typed meanwhile stays.
    void follow(Action const& action)
    {
        if (action.successes == successes) return;
        successes = action.successes;
        if (text.starts_with(sent)) text.erase(0, sent.size());
        sent.clear();
    }
};

} // namespace console
