#pragma once

#include <string>
#include <string_view>

// How a text travels: in GSM's 7-bit alphabet, or, with one character beyond it, in UCS-2 and so in more pieces.
struct Segments {
    std::string encoding; // gsm7, ucs2
    int segments = 0; // that are sent and paid; 0 for an empty text
    int characters = 0; // code points
    std::string unicode_because; // the first character that is not in the 7-bit alphabet; '' when all are
};

inline constexpr int most_segments = 10; // of one text; all fit into Twilio's 1,600 characters

Segments count_segments(std::string_view utf8); // of valid UTF-8
