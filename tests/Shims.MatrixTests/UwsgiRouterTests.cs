namespace Shims.MatrixTests;

public sealed class UwsgiRouterTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> Router => Cells.Of("uWSGI router");

    [Theory, MemberData(nameof(Router))]
    public Task Behind_the_router_of_uWSGI(string front, Check check) => FillAsync(front, check);
}
