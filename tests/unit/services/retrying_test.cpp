#include "edge-server/services/retrying.h"

#include <doctest/doctest.h>

TEST_CASE("a provider is quoted with what it answered, and not when it did not answer")
{
    ProviderAnswer answer;
    answer.message = "Twilio did not answer: Connection timed out.";
    CHECK(quoted("Twilio", answer) == answer.message);
    answer = {};
    answer.status = 400;
    answer.code = "21422";
    answer.message = "Not available";
    CHECK(quoted("Twilio", answer) == "Twilio answered \"Not available\" (21422).");
}
