namespace Shims.MatrixTests;

public sealed class ModJkTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> ModJk => Cells.Of("mod_jk");

    [Theory, MemberData(nameof(ModJk))]
    public Task Behind_mod_jk(string front, Check check) => FillAsync(front, check);
}
