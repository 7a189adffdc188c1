#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/base/text.h"
#include "shared/base/time.h"

#include <doctest/doctest.h>

#include <set>

TEST_CASE("ids are version 7, unique, and sort in the order they were made")
{
    std::string last;
    std::set<std::string> seen;
    for (int i = 0; i < 20'000; ++i) {
        auto const id = new_id();
        REQUIRE(id.size() == 36);
        REQUIRE(id[14] == '7');
        REQUIRE(std::string("89ab").find(id[19]) != std::string::npos);
        REQUIRE(id > last);
        REQUIRE(seen.insert(id).second);
        last = id;
    }
}

TEST_CASE("times are RFC 3339 in UTC")
{
    CHECK(to_rfc3339({1705314600000}) == "2024-01-15T10:30:00Z");
    CHECK(to_rfc3339({1705314600007}) == "2024-01-15T10:30:00.007Z");
}

TEST_CASE("money is shown exactly, with two decimals or as many as it needs")
{
    CHECK(dollars(1'000'000) == "$1.00");
    CHECK(dollars(12'500) == "$0.0125");
    CHECK(dollars(7'500) == "$0.0075");
    CHECK(dollars(-1) == "-$0.000001");
}

TEST_CASE("text from outside becomes bounded data")
{
    CHECK(bounded_data("{{secret}} hi", 100) == "{secret}} hi");
    CHECK(bounded_data("{{{{x", 100) == "{x");
    CHECK(bounded_data("a\nb\u202Ec", 100) == "a b c");
    CHECK(bounded_data("\xFF\xFEok", 100) == "ok");
    CHECK(bounded_data("ééééé", 3) == "ééé");
    CHECK(bounded_data("{\n{", 10) == "{ {");
}

TEST_CASE("text is quoted as JSON reads it")
{
    for (std::string const text : {"", "plain", "\"quoted\" \\ back", "line\nbreak\ttab\x01\x1f", "é 漢 \U0001F600", "{{x}}"}) {
        std::string quoted = "x";
        append_quoted(quoted, text);
        CHECK(Json::parse(quoted.substr(1)).get<std::string>() == text);
    }
}

TEST_CASE("UTF-8 that is overlong, a surrogate or cut is not valid")
{
    CHECK(is_valid_utf8("Zoë 👍"));
    for (auto const* bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"})
        CHECK_FALSE(is_valid_utf8(bad));
}

TEST_CASE("a request's fields are read strictly")
{
    SUBCASE("an unknown member is refused with its name")
    {
        RequestFields fields(R"({"email":"a","admin":true})", {"email"});
        REQUIRE(fields.problem());
        CHECK(fields.problem()->field == "admin");
    }
    SUBCASE("a wrong type is refused with its name")
    {
        RequestFields fields(R"({"email":7})", {"email"});
        CHECK(fields.text("email").empty());
        CHECK(fields.problem()->field == "email");
        CHECK(fields.problem()->kind == ErrorKind::Malformed);
    }
    SUBCASE("a missing or empty member is refused, a missing optional one is not")
    {
        RequestFields fields(R"({"name":""})", {"name", "time_zone"});
        CHECK_FALSE(fields.optional_text("time_zone"));
        CHECK_FALSE(fields.problem());
        fields.text("name");
        CHECK(fields.problem()->code == "required");
    }
    SUBCASE("what is not an object is refused")
    {
        for (auto const* body : {"", "[]", "nonsense", "{\"a\":", "\"text\"", "{\"email\":\"\xFF\"}"})
            CHECK(RequestFields(body, {"email"}).problem()->code == "malformed_json");
    }
}
