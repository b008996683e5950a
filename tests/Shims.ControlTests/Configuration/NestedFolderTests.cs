using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>What shimctl config --dir writes reaches each script that the gateways would run.</summary>
public sealed class NestedFolderTests
{
    public static TheoryData<string, string> WebServers => ConfigurationTests.WebServers;

    [Theory, MemberData(nameof(WebServers)), Trait("fault", "A04")]
    public Task Scripts_in_folders_of_their_own_are_reached(string web, string protocol) => CheckAsync(web, protocol, "/cgi-bin", "cgi-bin");

    [Theory, MemberData(nameof(WebServers)), Trait("fault", "A04")]
    public Task Scripts_in_folders_of_their_own_are_reached_where_the_URL_is_called_otherwise(string web, string protocol) => CheckAsync(web, protocol, "/deep/to.ols", "folder");

    private static async Task CheckAsync(string web, string protocol, string url, string name)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        string folder = installation.Folder.MakeFolder(name);
        NestedScripts.Write(folder);
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol, "--url", url, "--dir", folder);
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        await NestedScripts.CheckAsync(browser, url, folder, () => front.Log + behind.Log);
    }
}
