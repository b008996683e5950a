using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Shims.AspNetTests.Large;

/// <summary>Tests of an app that calls UseShim(), as its users write them.</summary>
public sealed class FactoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplicationFactory<Program> _app;

    public FactoryTests() => _app = new WebApplicationFactory<Program>().WithWebHostBuilder(builder => builder.UseSetting("Database", _folder.PathTo("notes.db"))
        .ConfigureTestServices(static services => services.AddDataProtection().UseEphemeralDataProtectionProvider()));

    [Fact]
    public async Task A_test_of_an_app_gets_a_test_server()
    {
        using HttpClient client = _app.CreateClient();
        string page = await client.GetStringAsync("/guestbook");
        string token = Regex.Match(page, "__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)").Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("Name", "Ada"), new("__RequestVerificationToken", token)]);
        using HttpResponseMessage greeted = await client.PostAsync("/guestbook", form);
        Assert.Contains("Hello Ada", await greeted.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.IsType<TestServer>(_app.Server);
    }

    [Fact]
    public async Task A_test_of_an_app_may_ask_for_Kestrel()
    {
        _app.UseKestrel(0);
        _app.StartServer();
        using HttpClient client = _app.CreateClient();
        using HttpResponseMessage response = await client.GetAsync("/guestbook");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Kestrel", response.Headers.Server.ToString());
    }

    public void Dispose()
    {
        _app.Dispose();
        _folder.Dispose();
    }
}
