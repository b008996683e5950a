using Shims.Control.Serve;

namespace Shims.ControlTests.Serve;

/// <summary>The errors in the output of the .NET SDK.</summary>
public sealed class CompilerOutputTests
{
    private const string Output =
        "/srv/notes.cs(8,5): warning CS0168: The variable 'x' is declared but never used\n" +
        "/srv/notes.cs(9,14): error CS1061: 'CgiResponse' does not contain a definition for 'Wrote' [/srv/notes.csproj]\n" +
        "/srv/a (old)/b.cs(12,1): error CS1002: ; expected\r\n" +
        "/srv/notes.cs(9,14): error CS1061: 'CgiResponse' does not contain a definition for 'Wrote'\n\n" +
        "The build failed. Fix the build errors and run again.\n";

    [Fact]
    public void An_error_is_its_file_its_place_and_its_message_and_is_listed_once() => Assert.Equal(
        [
            "/srv/notes.cs(9,14): 'CgiResponse' does not contain a definition for 'Wrote' (CS1061)",
            "/srv/a (old)/b.cs(12,1): ; expected (CS1002)",
        ],
        CompilerOutput.Errors(Output).Select(error => $"{error.Place}: {error.Message}"));

    [Fact]
    public void No_more_than_ten_errors_are_listed() => Assert.Equal(10, CompilerOutput.Errors(
        string.Concat(Enumerable.Range(1, 500).Select(line => $"/srv/a.cs({line},1): error CS1002: ; expected\n"))).Count);

    [Theory]
    [InlineData("Restoring…\n/srv/a.csproj : error NU1101: Unable to find package X.\nmore\n", "/srv/a.csproj : error NU1101: Unable to find package X.")]
    [InlineData("\n  cannot find the command dotnet: install it\n", "cannot find the command dotnet: install it")]
    [InlineData("", "")]
    public void Output_without_a_line_of_source_has_a_first_error(string output, string first)
    {
        Assert.Empty(CompilerOutput.Errors(output));
        Assert.Equal(first, CompilerOutput.FirstError(output));
    }
}
