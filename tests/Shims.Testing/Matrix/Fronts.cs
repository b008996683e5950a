namespace Shims.Testing.Matrix;

/// <summary>The rows of the matrix.</summary>
public static class Fronts
{
    public static IReadOnlyList<Front> All { get; } =
    [
        .. Nginx(),
    ];

    public static Front Named(string name) => All.Single(front => front.Name == name);

    private static IEnumerable<Front> Nginx() =>
    [
        new NginxFront("nginx-scgi", Gateway.Scgi) { IsQuick = true },
        new NginxFront("nginx-fcgi", Gateway.FastCgi) { IsQuick = true },
    ];
}
