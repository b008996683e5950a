namespace Shims.AspNetTests;

/// <summary>The sample, compiled to native code as its users do it, by the configurations that they copy.</summary>
public sealed class SampleTests
{
    private static string Sample => Repository.PathTo("artifacts/publish/apps/minimal-api/minimal-api");

    [Theory, InlineData("scgi_"), InlineData("fastcgi_")]
    public async Task The_sample_is_served_by_inetd_behind_nginx(string protocol)
    {
        Requires.Tools("inetd", "nginx", Sample);
        using var installation = new Installation();
        await using Inetd inetd = await Inetd.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/minimal-api/inetd.conf").With("/srv/hello/hello", Sample));
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/minimal-api/nginx.conf").With("scgi_", protocol));
        for (int i = 0; i < 3; i++)
        {
            ScriptReply reply = await nginx.Browser.GetAsync("/hello/Ada");
            Assert.True(reply.Body == "Hello Ada", $"{reply.Status} {reply.Body} {nginx.Log} {inetd.Log}");
        }
    }
}
