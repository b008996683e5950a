using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Servers;

/// <summary>One of the protocols, for benchmarks that are the same for several.</summary>
/// <param name="Name">How the rows begin.</param>
/// <param name="Program">Our gateway.</param>
/// <param name="Nginx">What nginx calls the protocol.</param>
/// <param name="Request">Makes a file with a request to a script, with this query.</param>
internal sealed record Wire(string Name, string Program, string Nginx, Func<Workshop, string, string, string> Request)
{
    public static Wire Scgi { get; } = new("scgi", "scgi-run", "scgi", static (workshop, script, query) => SampleRequest.Scgi(workshop, script, query));

    public static Wire Uwsgi { get; } = new("uwsgi", "uwsgi-run", "uwsgi", SampleRequest.Uwsgi);

    public static Wire FastCgi { get; } = new("fcgi", "fcgi-run", "fastcgi", SampleRequest.FastCgi);
}
