using Shims.Cgi;
using Shims.Testing;

namespace Shims.Tests.Cgi;

public sealed class ScriptOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.cgi", 1)]
    [InlineData("b.cgi", 1)]
    [InlineData("sub/c.cgi", 1)]
    [InlineData("own.cgi", 2)]
    [InlineData("other.cgi", 0)]
    [InlineData("out.cgi", 0)]
    [Trait("fault", "Q15")]
    public void A_section_holds_for_each_link_to_its_script_that_has_no_section_of_its_own(string name, int expected)
    {
        _folder.Write("cgi/a.cgi", "");
        _folder.Write("cgi/other.cgi", "");
        _folder.Write("cgi2/a.cgi", "");
        _folder.MakeFolder("cgi/sub");
        foreach (string link in new[] { "b.cgi", "sub/c.cgi", "own.cgi" })
            File.CreateSymbolicLink(_folder.PathTo("cgi/" + link), _folder.PathTo("cgi/a.cgi"));
        File.CreateSymbolicLink(_folder.PathTo("cgi/out.cgi"), _folder.PathTo("cgi2/a.cgi"));
        using var target = new CommandLineTarget(_folder.PathTo("cgi/"));
        EnvironmentPolicy policy = default;
        var options = new ScriptOptions
        {
            Sections = [new ScriptSection("a.cgi"u8.ToArray(), policy), new ScriptSection("own.cgi"u8.ToArray(), policy)],
        };
        Assert.Equal(expected, options.FindSection(target.Target, Latin1.Bytes(_folder.PathTo("cgi/" + name))));
    }
}
