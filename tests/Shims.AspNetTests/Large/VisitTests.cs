namespace Shims.AspNetTests.Large;

/// <summary>Each part of ASP.NET Core does on the shim what it does on Kestrel.</summary>
[Collection(LargeSitesTests.Name)]
public sealed class VisitTests(LargeSites sites)
{
    public static TheoryData<string, Way> Known
    {
        get
        {
            var data = new TheoryData<string, Way>();
            foreach (Visit visit in Visits.All)
            {
                data.Add(visit.Name, Way.Scgi);
                data.Add(visit.Name, Way.FastCgi);
            }
            // Here it is Kestrel that answers.
            foreach (string name in new[] { "an upload", "static files", "cookie authentication", "response compression", "server-sent events" })
                data.Add(name, Way.Http);
            return data;
        }
    }

    [Theory, MemberData(nameof(Known))]
    public async Task A_visit_to_the_shim_is_what_it_is_to_Kestrel(string name, Way way) => await CompareAsync(name, sites[way]);

    [Theory]
    [InlineData("static files"), InlineData("ranges"), InlineData("cookie authentication"), InlineData("response compression"), InlineData("request decompression"), InlineData("output cache")]
    [InlineData("rate limiting"), InlineData("request timeouts"), InlineData("CORS"), InlineData("health checks"), InlineData("server-sent events"), InlineData("antiforgery")]
    public async Task What_works_in_native_code_is_the_same_there(string name) => await CompareAsync(name, sites.Small);

    [Theory, InlineData(Way.Scgi), InlineData(Way.FastCgi), InlineData(Way.Http)]
    public async Task An_app_that_moves_from_Kestrel_to_the_shim_keeps_its_users(Way way)
    {
        var visitor = new Visitor(sites.Kestrel);
        await visitor.MakeAsync(new Visit("", new Step(302, "POST /login") { Form = "name=Ada" }));
        await visitor.At(sites[way]).MakeAsync(new Visit("", new Step(200, "GET /private") { Body = "for Ada alone" }));
    }

    private async Task CompareAsync(string name, Browser site)
    {
        Visit visit = Array.Find(Visits.All, known => known.Name == name)!;
        if (!sites.OnKestrel.TryGetValue(name, out string? expected))
            sites.OnKestrel[name] = expected = await MakeAsync(visit, sites.Kestrel);
        string made = await MakeAsync(visit, site);
        Assert.True(expected == made, $"Kestrel:\n{expected}\n\nshim:\n{made}");
    }

    private async Task<string> MakeAsync(Visit visit, Browser site)
    {
        try
        {
            return await new Visitor(site).MakeAsync(visit);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException(sites.Log, exception);
        }
    }
}
