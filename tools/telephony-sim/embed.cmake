# Writes OUT: a C++ table of FILES (relative to ROOT) with their bytes.
string(REPLACE " " ";" FILES "${FILES}")
set(ARRAYS "")
set(ROWS "")
set(N 0)
foreach(FILE IN LISTS FILES)
  file(READ ${ROOT}/${FILE} HEX HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," BYTES "${HEX}")
  string(APPEND ARRAYS "constexpr unsigned char file_${N}[] = {${BYTES}0x00};\n")
  string(APPEND ROWS "    if (name == \"${FILE}\") return {reinterpret_cast<char const*>(file_${N}), sizeof(file_${N}) - 1};\n")
  math(EXPR N "${N} + 1")
endforeach()
file(WRITE ${OUT} "#include \"tools/telephony-sim/embedded.h\"

namespace simulator {
namespace {
${ARRAYS}}

std::string_view embedded(std::string_view name)
{
${ROWS}    return {};
}

}
")
