using Shims.Testing.Matrix;

namespace Shims.EndToEndTests;

/// <summary>Scripts that lie in folders of their own below TARGET, behind the example file of every web server.</summary>
public sealed class NestedFolderTests
{
    /// <summary>One row for each example file; all of them in `make test-long`.</summary>
    private static readonly string[] s_ordinary =
        ["nginx-scgi", "nginx-fcgi", "apache-scgi", "apache-fcgi", "apache-fcgid", "lighttpd-scgi", "lighttpd-fcgi", "lighttpd-binpath", "haproxy", "caddy", "h2o", "h2o-spawn", "cgi-fcgi"];

    public static TheoryData<string> Rows => [.. TestExtent.IsLong ? Fronts.All.Select(front => front.Name) : s_ordinary];

    [Theory, MemberData(nameof(Rows)), Trait("fault", "A04")]
    public async Task A_script_in_a_folder_of_its_own_is_reached_with_its_path_info(string row)
    {
        Front front = Fronts.Named(row);
        Requires.Tools(front.Product.Program);
        using var scripts = new TemporaryFolder();
        NestedScripts.Write(scripts.MakeFolder("cgi-bin"));
        await using RunningFront running = await RunningFront.StartAsync(front, scripts.PathTo("cgi-bin"));
        await NestedScripts.CheckAsync(running.Browser, "/cgi-bin", running.Installation.Folder.PathTo("www/cgi-bin"), () => running.Log);
    }
}
