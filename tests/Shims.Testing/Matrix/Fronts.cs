namespace Shims.Testing.Matrix;

/// <summary>The rows of the matrix.</summary>
public static class Fronts
{
    public static IReadOnlyList<Front> All { get; } =
    [
        .. NginxFront.All,
        .. ApacheFront.All,
        .. AjpFront.All,
        .. LighttpdFront.All,
        .. LighttpdAjpFront.All,
        .. HAProxyFront.All,
        .. CaddyFront.All,
        .. H2oFront.All,
        .. CgiFcgiFront.All,
        .. UwsgiRouterFront.All,
    ];

    public static Front Named(string name) => All.Single(front => front.Name == name);
}
